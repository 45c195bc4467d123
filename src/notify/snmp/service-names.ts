/** Events name virtual and real servers by their labels: here is what they stand for, also for a while after a reload took it away. */
import { realServerLabel, virtualServerLabels } from '../../check/labels.ts';
import type { Configuration, RealServerConfiguration, VirtualServerConfiguration } from '../../config/model.ts';

export class ServiceNames {
  readonly #configuration: Configuration;
  /** Of the configuration before: its last events come behind the new one. */
  #former: ServiceNames | undefined;
  #named: ReadonlyMap<string, VirtualServerConfiguration> | undefined;

  constructor(configuration: Configuration, former?: ServiceNames) {
    this.#configuration = configuration;
    this.#former = former;
    former?.forgetFormer();
  }

  /** What came before the configuration before is of no more use. */
  forgetFormer(): void {
    this.#former = undefined;
  }

  /** Made at the first event: there may be ten thousand. */
  get #services(): ReadonlyMap<string, VirtualServerConfiguration> {
    if (this.#named === undefined) {
      const { check } = this.#configuration;
      const labels = virtualServerLabels(check);
      this.#named = new Map(check.virtualServers.map((each, at) => [labels[at] ?? '', each]));
    }
    return this.#named;
  }

  virtualServer(label: string): VirtualServerConfiguration | undefined {
    return this.#services.get(label) ?? this.#former?.virtualServer(label);
  }

  realServer(service: string, label: string): RealServerConfiguration | undefined {
    const virtualServer = this.#services.get(service);
    const found = virtualServer?.realServers.find((server) => realServerLabel(virtualServer, server) === label);
    return found ?? this.#former?.realServer(service, label);
  }

  /** A reload took it away. */
  isGone(label: string): boolean {
    return !this.#services.has(label);
  }
}
