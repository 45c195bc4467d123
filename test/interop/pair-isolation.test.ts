import { afterEach, describe, expect, it } from 'vitest';
import { CleanUp } from '../../lab/lib/clean-up.ts';
import { requireIsolation } from '../../lab/lib/isolation.ts';
import { run } from '../../lab/lib/run.ts';
import { buildTopology } from '../../lab/lib/topology.ts';
import { pairTopology } from '../../lab/scenes/pair-site.ts';

describe('the lab refuses to run where traffic could leave', () => {
  let cleanUp = new CleanUp();
  afterEach(async () => {
    await cleanUp.run();
    cleanUp = new CleanUp();
  });

  const prefix = `kts-${process.pid}-iso-`;
  const build = () => buildTopology(pairTopology({ servers: false }), prefix, cleanUp);

  it('goes on when there is no way out', async () => {
    await expect(requireIsolation(await build())).resolves.toBeUndefined();
  });

  it('refuses a cable into the namespace it was started from', async () => {
    const topology = await build();
    const outside = `ktsiso${process.pid}`.slice(0, 15);
    await run('ip', [
      'link',
      'add',
      outside,
      'type',
      'veth',
      'peer',
      'name',
      'way-out',
      'netns',
      topology.namespace('switch'),
    ]);
    cleanUp.add('remove the cable', async () => {
      await run('ip', ['link', 'delete', outside], { accept: 'any' });
    });
    await topology.ip('switch', ['link', 'set', 'way-out', 'up']);
    await expect(requireIsolation(topology)).rejects.toThrow(
      'switch has an interface way-out that the lab did not make',
    );
  });

  it('refuses a planned cable whose far end was moved elsewhere', async () => {
    const topology = await build();
    await run('ip', ['netns', 'add', `${prefix}thief`]);
    cleanUp.add('remove the thief', async () => {
      await run('ip', ['netns', 'delete', `${prefix}thief`], { accept: 'any' });
    });
    await topology.ip('switch', ['link', 'set', 'lb1v-front', 'netns', `${prefix}thief`]);
    await expect(requireIsolation(topology)).rejects.toThrow(
      'the other end of eth1 of lb1v is not lb1v-front of switch',
    );
  });

  it('leaves no namespace behind', async () => {
    const topology = await build();
    await cleanUp.run();
    const { stdout } = await run('ip', ['netns', 'list']);
    expect(stdout).not.toContain(topology.namespace('switch'));
  });
});
