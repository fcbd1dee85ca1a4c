/** The regional parameters that instances and pipelines read: JSON in SSM parameters of this region. */
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { parse } from '../parse.ts';
import type { Settings, SettingValues } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

const schemas = {
  database: z.object({ epoch: z.number(), endpoint: z.string(), reader: z.string() }),
  consumers: z.object({ epoch: z.number(), enabled: z.boolean() }),
  deployments: z.object({ epoch: z.number(), frozen: z.boolean(), by: z.string().nullable() }),
} satisfies { [K in keyof SettingValues]: z.ZodType<SettingValues[K]> };

export function ssmSettings(place: {
  readonly region: string;
  readonly parameters: Readonly<Record<keyof SettingValues, string>>;
}): Settings {
  const client = new SSMClient(clientOptions(place.region));
  const put = (name: string, value: unknown, overwrite: boolean) =>
    call(
      `writing ${name}`,
      client.send(
        new PutParameterCommand({ Name: name, Value: JSON.stringify(value), Type: 'String', Overwrite: overwrite }),
      ),
    );
  return {
    async read(name) {
      const parameter = place.parameters[name];
      try {
        const answer = await call(`reading ${parameter}`, client.send(new GetParameterCommand({ Name: parameter })));
        return parse(
          schemas[name],
          JSON.parse(answer.Parameter?.Value ?? 'null'),
          parameter,
        ) as SettingValues[typeof name];
      } catch (error) {
        if (!isNamed(error, 'ParameterNotFound')) throw error;
        return null;
      }
    },
    async write(name, value) {
      await put(place.parameters[name], value, true);
    },
    async seed(name, value) {
      try {
        await put(place.parameters[name], value, false);
      } catch (error) {
        if (!isNamed(error, 'ParameterAlreadyExists')) throw error;
      }
    },
  };
}
