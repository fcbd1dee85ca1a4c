/** Where a Slack message of an incident is remembered, on the table of items. */
import type { Items } from '../shared/items.ts';
import type { Posts } from './channels.ts';
import { META } from './item-keys.ts';

const keyOf = (incident: string, channel: string) => ({ pk: `post#${incident}#${channel}`, sk: META });

export const itemPosts = (items: Items): Posts => ({
  async find(incident, channel) {
    const item = await items.get(keyOf(incident, channel));
    return item ? String(item.ts) : null;
  },
  async note(incident, channel, ts) {
    await items.write([{ put: { ...keyOf(incident, channel), ts } }]);
  },
});
