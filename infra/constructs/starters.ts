/** What rules and schedules start, as infra/wiring.ts names it: a slug's functions by handler, and their ids in templates. */
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** Throws where infra/wiring.ts names a function that the slug's stack does not have. */
export const startersOf =
  (slug: string, functions: Readonly<Record<string, LambdaFunction>>) =>
  (name: string): LambdaFunction => {
    const started = functions[name];
    if (!started) throw new Error(`infra/wiring.ts starts ${name}, which the ${slug} stack does not have`);
    return started;
  };

/** 'take-lease' as a placeholder of a state machine: takeLease. */
export const camel = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** 'take-lease' as an id in a template: TakeLease. */
export const pascal = (name: string): string => camel(`-${name}`);
