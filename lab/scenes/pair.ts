/** examples/pair: two balancers by direct routing, each master of one service, as a portal ran them. */
import path from 'node:path';
import { startClient, type Client } from '../lib/client.ts';
import type { OpenScene, Scene, SceneContext } from '../lib/scene.ts';
import { startWebServer } from '../lib/web-server.ts';
import {
  addedInstance,
  comeBack,
  comeUp,
  crashFirst,
  giaitriInstance,
  observeBoth,
  observeWire,
  stopBoth,
  takatakaInstance,
  touchAddresses,
} from './pair-failover.ts';
import { addService, changePool, expectFullPools, expectSyncDaemons, readPages } from './pair-pool.ts';
import { realServers, vip } from './pair-site.ts';
import { PairStage } from './pair-stage.ts';

const hints = [
  'ip netns list                                             the machines: lb1v lb2v rs37 rs38 rs39 switch reader',
  'ip netns exec reader curl http://123.30.175.40/           a page of takataka.vn, through lb2v',
  'ip netns exec reader curl http://123.30.175.41/           a page of giaitri.example, through lb1v',
  'ip netns exec lb1v ip -4 addr show eth1                   the virtual address and its label',
  'ip netns exec lb1v ipvsadm -Ln                            the pools',
  'ip netns exec switch ip neigh                             whom the switch sends packets for the virtual addresses',
  'ip netns exec lb1v ip link set eth1 down                  lb1v fails; lb2v takes over ("up" brings it back)',
  'ip netns exec switch tshark -ni inside -f "ip proto 112"  the advertisements (Ctrl-C ends it)',
];

async function open(context: SceneContext): Promise<OpenScene> {
  const { narrator, cleanUp } = context;
  narrator.step('build the site: lb1v, lb2v, three real servers, a switch, a reader');
  const stage = await PairStage.build(context, { vrrpOnly: false });
  narrator.say('no interface, no route leads out of it');
  for (const name of realServers) {
    startWebServer(cleanUp, stage.topology, name, path.join(context.scratch, name), { 'index.html': `${name}\n` });
  }
  return {
    hints,
    start: () => comeUp(stage),
    logs: () => stage.logs(),
    play: async () => {
      const [reader] = await Promise.all([startClient(cleanUp, stage.topology, 'reader'), stage.startCaptures()]);
      await play(stage, reader);
    },
  };
}

async function play(stage: PairStage, reader: Client): Promise<void> {
  await comeUp(stage);
  await expectFullPools(stage);
  await expectSyncDaemons(stage, { lb1v: 'master', lb2v: 'backup' });
  await observeBoth(stage, 'after the start');
  await readPages(stage, reader);
  await changePool(stage, reader);
  await addService(stage, reader);
  await touchAddresses(stage, [vip.giaitri, vip.added]);
  reader.beginLoad({ host: vip.giaitri, port: 80, kept: 0, requestsPerConnection: 1, interval: 200, timeout: 1_000 });
  await crashFirst(stage, [giaitriInstance, addedInstance]);
  await expectSyncDaemons(stage, { lb2v: 'master' });
  const { longestSilence, requests } = await reader.endLoad();
  stage.context.narrator.expect(
    'readers of giaitri.example were without answers',
    'less than 6 s',
    `${(longestSilence / 1000).toFixed(1)} s (${requests} requests)`,
    longestSilence < 6_000,
  );
  await comeBack(stage, [giaitriInstance, addedInstance]);
  await observeWire(stage, [giaitriInstance, addedInstance, takatakaInstance]);
  await stopBoth(stage);
}

export const pair: Scene = {
  name: 'pair',
  title: 'two balancers, direct routing (examples/pair)',
  needsIpvs: true,
  open,
};
