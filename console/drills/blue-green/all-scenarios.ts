/** Every scenario of blue/green by name, written ones and generated ones. */
import { crashScenarios } from './crash-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

export const allScenarios: Readonly<Record<string, Scenario>> = { ...scenarios, ...crashScenarios };
