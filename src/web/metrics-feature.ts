/** /metrics. */
import type { WebFeature, WebReply, WebRequest, WebRoute } from './feature.ts';
import type { ParentLine } from './parent-line.ts';

export class MetricsFeature implements WebFeature {
  readonly name = 'metrics';
  readonly routes: ReadonlyMap<string, WebRoute>;
  readonly #parent: ParentLine;

  constructor(parent: ParentLine) {
    this.#parent = parent;
    this.routes = new Map([['/metrics', (request, reply) => this.#answer(request, reply)]]);
  }

  async #answer(_request: WebRequest, reply: WebReply): Promise<void> {
    await this.#parent.ask({ about: 'status' });
    reply.send(200, 'text/plain; version=0.0.4; charset=utf-8', 'keepalived_up 1\n');
  }
}
