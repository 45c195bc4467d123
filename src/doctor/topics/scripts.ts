/** Programs that run as root and that others than root could replace. */
import type { DoctorFacts } from '../facts.ts';
import { well } from '../finding.ts';
import type { TopicFinding } from '../finding.ts';

/** With enable_script_security such a program is disabled, and the configuration's own messages say so. */
export function examineScripts({ scripts }: Pick<DoctorFacts, 'scripts'>): TopicFinding[] {
  const findings = scripts.flatMap((script): TopicFinding[] => {
    if (!script.root || script.insecure === undefined) return [];
    return [
      {
        code: 'unsafe-script',
        severity: 'warning',
        what: `${script.path} runs as ${script.user}, and ${script.insecure}`,
        why: 'whoever can write there is root at the next check or change of state',
        where: [script.path],
        remedies: [
          ...(script.secureWith === undefined ? [] : [script.secureWith]),
          'add "enable_script_security" and "script_user keepalived_script" to global_defs',
        ],
      },
    ];
  });
  if (findings.length === 0 && scripts.length > 0)
    return [well('scripts', 'only root can change the programs that run as root')];
  return findings;
}
