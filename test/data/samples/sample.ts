/** A valid use of every keyword: what stands around it, and the lines without and with it. */

/** Lines with the keyword; as a pair, the lines it is compared with first (the block's `base` otherwise). */
export type Lines = string | readonly [without: string, lines: string];

export interface SampleBlock {
  /** As in keywords.tsv. */
  readonly path: string;
  /** The whole configuration, `@` where the lines stand. */
  readonly around: string;
  /** The lines without the keyword; default: none. */
  readonly base?: string;
  readonly samples: Readonly<Record<string, Lines>>;
}

/** The two configurations of a sample. */
export function configurationsOf(
  block: SampleBlock,
  lines: Lines,
): { readonly without: string; readonly text: string } {
  const [without, written] = typeof lines === 'string' ? [block.base ?? '', lines] : lines;
  return { without: block.around.replace('@', () => without), text: block.around.replace('@', () => written) };
}

export const program = '/usr/bin/true';

/** What notify scripts and trackers of instances and groups refer to. */
export const trackables = `vrrp_script check { script ${program} }
vrrp_track_process nginx { process nginx }
track_file maintenance { file /var/lib/maintenance }
bfd_instance peer { neighbor_ip 192.0.2.9 }
`;
