/** Makes elements of the page like new ones, touching only what differs: focus, selection and what is unfolded stay. */

/** What belongs to the reader, not to the server: it stays as it is. */
export interface Kept {
  /** True if this attribute of this element is not the server's. */
  attribute(element: Element, name: string): boolean;
  /** True if the text inside is written by the browser. */
  content(element: Element): boolean;
}

function copyAttributes(target: Element, source: Element, kept: Kept): void {
  for (const { name, value } of source.attributes) {
    if (!kept.attribute(target, name) && target.getAttribute(name) !== value) target.setAttribute(name, value);
  }
  for (const { name } of [...target.attributes]) {
    if (!source.hasAttribute(name) && !kept.attribute(target, name)) target.removeAttribute(name);
  }
}

function fits(target: Node, source: Node): boolean {
  if (target.nodeType !== source.nodeType) return false;
  if (!(target instanceof Element) || !(source instanceof Element)) return true;
  return target.tagName === source.tagName && target.id === source.id;
}

/** Makes `target` like `source`; both are the same kind of element. `source` is used up. */
export function morph(target: Element, source: Element, kept: Kept): void {
  copyAttributes(target, source, kept);
  if (kept.content(target)) return;
  const named = new Map<string, Element>();
  for (const child of target.children) if (child.id !== '') named.set(child.id, child);
  let place: ChildNode | null = target.firstChild;
  for (const wanted of [...source.childNodes]) {
    const known = wanted instanceof Element && wanted.id !== '' ? named.get(wanted.id) : undefined;
    const present: ChildNode | null = known ?? place;
    if (present === null || !fits(present, wanted)) {
      target.insertBefore(wanted, place);
      continue;
    }
    if (present === place) place = place.nextSibling;
    else target.insertBefore(present, place);
    if (present instanceof Element && wanted instanceof Element) morph(present, wanted, kept);
    else if (present.nodeValue !== wanted.nodeValue) present.nodeValue = wanted.nodeValue;
  }
  while (place !== null) {
    const next: ChildNode | null = place.nextSibling;
    place.remove();
    place = next;
  }
}
