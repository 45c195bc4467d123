/** The failover of examples/pair without the balancing (keepalived --vrrp): needs no IPVS, runs on any kernel. */
import type { OpenScene, Scene, SceneContext } from '../lib/scene.ts';
import {
  comeBack,
  comeUp,
  crashFirst,
  giaitriInstance,
  takatakaInstance,
  observeBoth,
  observeWire,
  stopBoth,
  touchAddresses,
} from './pair-failover.ts';
import { vip } from './pair-site.ts';
import { PairStage } from './pair-stage.ts';

async function open(context: SceneContext): Promise<OpenScene> {
  context.narrator.step('build the site without its real servers: lb1v, lb2v, a switch');
  const stage = await PairStage.build(context, { vrrpOnly: true });
  return {
    hints: [],
    start: () => comeUp(stage),
    logs: () => stage.logs(),
    play: async () => {
      await stage.startCaptures();
      await comeUp(stage);
      await observeBoth(stage, 'after the start');
      await touchAddresses(stage, [vip.giaitri]);
      await crashFirst(stage, [giaitriInstance]);
      await comeBack(stage, [giaitriInstance]);
      await observeWire(stage, [giaitriInstance, takatakaInstance]);
      await stopBoth(stage);
    },
  };
}

export const pairVrrp: Scene = { name: 'pair-vrrp', title: 'failover of the pair, VRRP only', needsIpvs: false, open };
