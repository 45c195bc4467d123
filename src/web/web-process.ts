/**
 * The process that serves HTTP: nobody's, without rights, behind all others. It knows what the parent tells it and
 * inherits sockets that are bound; when it dies, nothing is lost but the answer under way.
 */
import { parentProcessId, setNice, setProcessName, signalOnParentDeath } from '../kernel/process-control.ts';
import { onSignal } from '../kernel/signals.ts';
import { openParentChannel } from '../process/child-channel.ts';
import type { WebFeature, WebRoute } from './feature.ts';
import { featureFactories } from './features.ts';
import { HttpFront } from './http-front.ts';
import type { ParentToWeb, WebConfiguration, WebFeatureName, WebToParent } from './messages.ts';
import { ParentLine } from './parent-line.ts';
import { becomeNobody } from './privileges.ts';

/** Everything that keeps a protocol is more urgent. */
const nice = 10;
/** Answers under way at the end have this long, in milliseconds. */
const grace = 1_000;
/** A defect of ours (sysexits.h, EX_SOFTWARE). */
const internalErrorExitCode = 70;

/** Runs until the parent ends it or is gone; never returns. */
export function runWebProcess(): void {
  // Not "keepalived": exporters send that name's first process signals that only the parent understands.
  setProcessName('keepalived-web');
  setNice(nice);
  const channel = openParentChannel<WebToParent, ParentToWeb>();
  if (!signalOnParentDeath('SIGTERM', parentProcessId())) process.exit(0);
  const line = new ParentLine(channel);
  const front = new HttpFront((message) => line.log('warning', message));
  const features = new Map<WebFeatureName, WebFeature>();
  let stopping = false;

  /** What is served at each place, by its descriptor. */
  const served = new Map<number, Map<string, WebRoute>>();

  /** Goes over to a configuration; the places themselves never change. */
  const arrange = (configuration: WebConfiguration): void => {
    const wanted = new Set(configuration.places.flatMap((place) => place.features));
    for (const [name, feature] of features) {
      if (wanted.has(name)) feature.configured?.(configuration);
      else {
        feature.close?.();
        features.delete(name);
      }
    }
    for (const name of wanted) {
      if (!features.has(name)) features.set(name, featureFactories[name](configuration, line));
    }
    for (const { descriptor, features: names } of configuration.places) {
      const routes = served.get(descriptor) ?? new Map<string, WebRoute>();
      served.set(descriptor, routes);
      routes.clear();
      for (const name of names) {
        for (const [path, route] of features.get(name)?.routes ?? []) routes.set(path, route);
      }
    }
  };
  const begin = async (configuration: WebConfiguration): Promise<void> => {
    for (const trouble of becomeNobody(configuration.identity))
      line.log('warning', `HTTP: the process keeps rights that it does not need: ${trouble}`);
    arrange(configuration);
    for (const { descriptor, name } of configuration.places) {
      try {
        await front.listen({ fd: descriptor }, served.get(descriptor) ?? new Map<string, WebRoute>());
      } catch (error) {
        line.log('error', `HTTP: nothing is served at ${name}: ${(error as Error).message}`);
      }
    }
    channel.send({ type: 'serving' });
  };
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    for (const feature of features.values()) feature.close?.();
    void front.close(grace).then(() => process.exit(0));
  };

  let begun = false;
  channel.onMessage((message) => {
    switch (message.type) {
      case 'configure':
        if (begun) arrange(message.configuration);
        else void begin(message.configuration);
        begun = true;
        return;
      case 'event':
        for (const feature of features.values()) feature.event?.(message.event);
        return;
      case 'events-lost':
        for (const feature of features.values()) feature.eventsLost?.();
        return;
      default:
        line.heard(message);
    }
  });
  channel.onParentGone(() => process.exit(0));
  onSignal('SIGTERM', stop);
  // Ctrl-C reaches the whole foreground group: the parent decides what it means.
  onSignal('SIGINT', () => undefined);
  process.on('uncaughtException', (error) => {
    line.log('error', `HTTP: internal error: ${error.stack ?? error.message}`);
    void channel.flush().then(() => process.exit(internalErrorExitCode));
  });
  channel.send({ type: 'hello' });
}
