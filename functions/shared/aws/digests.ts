/** Which digest each colour's machines run: plain text in SSM parameters that instances read at boot. */
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Colour, ComputeEnvironment } from '../release-ports.ts';
import { call, clientOptions, isNamed } from './client.ts';

interface Place {
  readonly region: string;
  readonly colours: Readonly<Record<Colour, { readonly digestParameter: string }>>;
}

export function ssmDigests({ region, colours }: Place): Pick<ComputeEnvironment, 'declared' | 'prepare'> {
  const client = new SSMClient(clientOptions(region));
  return {
    async declared(colour) {
      const Name = colours[colour].digestParameter;
      try {
        const { Parameter } = await call(`reading ${Name}`, client.send(new GetParameterCommand({ Name })));
        return Parameter?.Value ?? null;
      } catch (error) {
        if (!isNamed(error, 'ParameterNotFound')) throw error;
        return null;
      }
    },
    async prepare(colour, digest) {
      const Name = colours[colour].digestParameter;
      const command = new PutParameterCommand({ Name, Type: 'String', Value: digest, Overwrite: true });
      await call(`writing ${Name}`, client.send(command));
    },
  };
}
