/** Parameters that AWS publishes in every region; here only Amazon Linux 2023 images, with made-up ids. */
import { createHash } from 'node:crypto';
import { NotModelled } from '../../errors.ts';
import type { Parameter } from './state.ts';

const images = /^\/aws\/service\/ami-amazon-linux-latest\/al2023-ami-(minimal-)?kernel-[a-z0-9.]+-(x86_64|arm64)$/;

/** Undefined for a name that is not AWS's; throws NotModelled for a public parameter that is not known here. */
export function publicParameter(region: string, name: string): Parameter | undefined {
  if (!name.startsWith('/aws/')) return undefined;
  if (!images.test(name)) throw new NotModelled(`the public parameter ${name} is not modelled`);
  const id = createHash('sha256').update(`${region} ${name}`).digest('hex').slice(0, 17);
  return {
    name,
    type: 'String',
    tier: 'Standard',
    dataType: 'aws:ec2:image',
    versions: [{ version: 1, value: `ami-${id}`, modifiedAt: 0 }],
  };
}
