/**
 * Variables that the application is told besides its user data or task definition, as an image might bring them: on every
 * machine, from its next start on. Empty unless somebody tells it something; a soak thins its background work so.
 */
import type { Cloud } from '../cloud.ts';
import { defineService } from '../service.ts';
import { INTERNET } from './place.ts';

interface EnvironmentState {
  variables: Readonly<Record<string, string>>;
}

export const environment = defineService<object, EnvironmentState>({
  name: 'world.environment',
  homeRegion: INTERNET,
  initialState: () => ({ variables: {} }),
  operations: {},
  access: {},
  timers: {},
});

const stateOf = (cloud: Cloud): EnvironmentState => cloud.stateOf<EnvironmentState>(environment, INTERNET);

/** In the place of what it was told before. */
export function tellApplication(cloud: Cloud, variables: Readonly<Record<string, string>>): void {
  stateOf(cloud).variables = variables;
}

export const toldToApplication = (cloud: Cloud): Readonly<Record<string, string>> => stateOf(cloud).variables;
