/** Gratuitous ARP and neighbour advertisements of one instance. */
import type { InstanceDraft } from '../drafts.ts';
import { integer } from './forms.ts';
import type { Keyword } from './keyword.ts';

const secondsInt = { min: 0, max: 4294, unit: 'secs' } as const;
const atLeastOne = { min: 1, max: 4294967295, clamp: true } as const;

export const gratuitousKeywords: Readonly<Record<string, Keyword<InstanceDraft>>> = {
  garp_master_delay: integer(
    'Delay of the second burst.',
    secondsInt,
    (draft, value) => (draft.gratuitous.masterDelay = value * 1000),
    { default: 'global 5' },
  ),
  garp_master_refresh: integer(
    'Period of bursts while master.',
    secondsInt,
    (draft, value) => (draft.gratuitous.masterRefresh = value * 1000),
    { default: 'global 0' },
  ),
  garp_master_repeat: integer(
    'Messages per address of a burst; 0 becomes 1.',
    atLeastOne,
    (draft, value) => (draft.gratuitous.masterRepeat = value),
    { default: 'global 5' },
  ),
  garp_master_refresh_repeat: integer(
    'Messages per address of a refresh; 0 becomes 1.',
    atLeastOne,
    (draft, value) => (draft.gratuitous.masterRefreshRepeat = value),
    { default: 'global 1' },
  ),
  garp_lower_prio_delay: integer(
    'Delay of the second burst after a lower priority was heard.',
    secondsInt,
    (draft, value) => (draft.gratuitous.lowerPriorityDelay = value * 1000),
    { default: 'global' },
  ),
  garp_lower_prio_repeat: integer(
    'Burst after a lower priority was heard; 0: none.',
    { min: 0, max: 4294967295 },
    (draft, value) => (draft.gratuitous.lowerPriorityRepeat = value),
    { default: 'global' },
  ),
};
