/** The services of this room, for simulator/services/index.ts. */
export { scheduler } from './scheduler.ts';
export { eventBridge } from './service.ts';
