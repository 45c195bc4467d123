/** Finds drafts by their name, in lists that only grow. */

interface Index {
  readonly names: Map<string, unknown>;
  /** How many of the list are in it. */
  size: number;
}

const indexes = new WeakMap<readonly object[], Index>();

/** The first of a list with a name, without going through the list each time: there may be tens of thousands. */
export function firstByName<D extends { readonly name: string }>(list: readonly D[], name: string): D | undefined {
  let index = indexes.get(list);
  if (!index || index.size > list.length) indexes.set(list, (index = { names: new Map(), size: 0 }));
  for (; index.size < list.length; index.size++) {
    const item = list[index.size];
    if (item && !index.names.has(item.name)) index.names.set(item.name, item);
  }
  // Only items of this list are put into its index.
  return index.names.get(name) as D | undefined;
}
