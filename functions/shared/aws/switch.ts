/** A switch that people turn: a parameter of this region whose value is `on` or anything else. */
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Switch } from '../ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

export function ssmSwitch({ region, parameter }: { readonly region: string; readonly parameter: string }): Switch {
  const client = new SSMClient(clientOptions(region));
  return {
    async isOn() {
      try {
        const answer = await call(`reading ${parameter}`, client.send(new GetParameterCommand({ Name: parameter })));
        return answer.Parameter?.Value?.trim() === 'on';
      } catch (error) {
        // Nobody has switched it on.
        if (!isNamed(error, 'ParameterNotFound')) throw error;
        return false;
      }
    },
  };
}
