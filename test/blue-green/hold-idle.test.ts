/** The idle colour is suspended when the stack is made, and nothing else of it is ever done by a deployment. */
import { describe, expect, it } from 'vitest';
import { makeHoldIdle } from '../../functions/blue-green/hold-idle.ts';
import { EXECUTION, NEW, START, World } from './memory.ts';

const event = (RequestType: string) => ({
  RequestType,
  ResponseURL: 'https://cloudformation.example.com/answer',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'IdleColour',
  ...(RequestType !== 'Create' && { PhysicalResourceId: 'orders-prod-idle' }),
});

async function asked(world: World, RequestType = 'Create') {
  const sent: { readonly body?: string }[] = [];
  const web = {
    send: async (request: { readonly body?: string }) => {
      sent.push(request);
      return { status: 200, headers: {}, body: '' };
    },
  };
  await makeHoldIdle({ ...world.ports, web })(event(RequestType));
  return JSON.parse(String(sent[0]?.body)) as { Status: string; Reason: string };
}

describe('hold-idle', () => {
  it('suspends what would size the colour without users, and leaves the other one alone', async () => {
    const world = new World();
    expect(await asked(world)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.state.colours.green.pinned).toBe(true);
    expect(world.state.colours.blue.pinned).toBe(false);
  });

  it('goes by the listener: with all users on green, blue is idle', async () => {
    const world = new World({ weights: { blue: 0, green: 100, stickySeconds: 0 } });
    await asked(world);
    expect(world.state.colours.blue.pinned).toBe(true);
    expect(world.state.colours.green.pinned).toBe(false);
  });

  it.each(['Update', 'Delete'])('changes nothing at an %s: who is idle is runtime data', async (type) => {
    const world = new World();
    expect(await asked(world, type)).toMatchObject({ Status: 'SUCCESS' });
    expect(world.changes).toEqual([]);
  });

  it('leaves both colours to a release that is under way', async () => {
    const world = new World();
    const lease = { releaseId: 'push-1', digest: NEW, executionArn: EXECUTION, fence: 1, takenAt: `${START}` };
    world.state.releases = { ...world.state.releases, fence: 1, lease };
    await asked(world);
    expect(world.changes).toEqual([]);
  });

  it('touches nothing while two colours serve', async () => {
    const world = new World({ weights: { blue: 50, green: 50, stickySeconds: 0 } });
    expect((await asked(world)).Status).toBe('SUCCESS');
    expect(world.changes).toEqual([]);
  });
});
