/** What the reader of the configuration has to say: errors, and what is accepted and probably not meant. */
import { severityOf } from '../../config/diagnostics.ts';
import type { Diagnostic } from '../../config/diagnostics.ts';
import type { DoctorFacts } from '../facts.ts';
import { placeText } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

/** Notes are left to `keepalived -t`: nothing fails for them. */
export function examineConfiguration({ diagnostics }: Pick<DoctorFacts, 'diagnostics'>): TopicFinding[] {
  return diagnostics.filter((diagnostic) => severityOf(diagnostic) !== 'note').map(findingOf);
}

/** An old word is no fault, and a lack of precaution no error. */
function severityFor(kind: Diagnostic['class']): TopicFinding['severity'] {
  if (kind === 'deprecated') return 'note';
  return kind === 'security' ? 'warning' : severityOf({ class: kind });
}

function findingOf(diagnostic: Diagnostic): TopicFinding {
  const { at, class: kind, code, consequences = [], message, remedy } = diagnostic;
  return {
    code,
    severity: severityFor(kind),
    what: message,
    ...(consequences.length > 0 && { why: consequences.join('; ') }),
    ...(at && { where: [placeText(at)] }),
    ...(remedy !== undefined && { remedies: [remedy] }),
  };
}
