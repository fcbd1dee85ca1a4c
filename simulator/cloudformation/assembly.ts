/**
 * Reads a cloud assembly (cdk.out): stacks with their templates, and the file assets that must be in place before.
 * Format: the manifest schema of the CDK (@aws-cdk/cloud-assembly-schema).
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { NotModelled } from '../errors.ts';

export interface FileAsset {
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  /** Reads it; a directory becomes the JSON of { relative path: text }. */
  contents(): string | Uint8Array;
}

export interface StackArtifact {
  /** In the manifest. */
  readonly id: string;
  readonly stackName: string;
  readonly region: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly assets: readonly FileAsset[];
  /** Ids of stacks that must be there first. */
  readonly needs: readonly string[];
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly dependencies?: readonly string[];
  readonly displayName?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, AssetFile>>;
  readonly dockerImages?: Readonly<Record<string, unknown>>;
}

interface AssetFile {
  readonly source: { readonly path?: string; readonly packaging?: string; readonly executable?: readonly string[] };
  readonly destinations: Readonly<Record<string, { bucketName: string; objectKey: string; region?: string }>>;
}

/**
 * The stacks of an assembly and of those nested in it, in the manifest's order. An account in the assembly that is not
 * the cloud's is a placeholder: it is replaced in templates and asset destinations.
 * Throws NotModelled for Docker images, executable assets and stacks without a region.
 */
export function readAssembly(directory: string, account: string): StackArtifact[] {
  const { artifacts = {} } = readJson<Manifest>(join(directory, 'manifest.json'));
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly') {
      return readAssembly(join(directory, artifact.properties?.directoryName ?? id), account);
    }
    return artifact.type === 'aws:cloudformation:stack' ? [readStack(directory, id, artifacts, account)] : [];
  });
}

function readStack(
  directory: string,
  id: string,
  artifacts: Readonly<Record<string, Artifact>>,
  account: string,
): StackArtifact {
  const artifact = artifacts[id]!;
  const { properties = {}, dependencies = [] } = artifact;
  const [placeholder, region] = (artifact.environment ?? '').replace('aws://', '').split('/') as [string, string];
  if (region === undefined || region === 'unknown-region') {
    throw new NotModelled(`stack ${id} has no region; give its env a region`);
  }
  const own = (text: string): string => withAccount(text, placeholder, account);
  const place = { region, account, own };
  const templateFile = properties.templateFile ?? `${id}.template.json`;
  return {
    id,
    region,
    stackName: properties.stackName ?? id,
    template: own(readFileSync(join(directory, templateFile), 'utf8')),
    parameters: properties.parameters ?? {},
    tags: properties.tags ?? {},
    needs: dependencies.filter((name) => artifacts[name]?.type === 'aws:cloudformation:stack'),
    assets: dependencies.flatMap((name) => {
      const dependency = artifacts[name];
      if (dependency?.type !== 'cdk:asset-manifest') return [];
      return readAssets(directory, dependency.properties?.file ?? `${name}.json`, place);
    }),
  };
}

/** Replaces an account id wherever it stands as a number of its own. */
function withAccount(text: string, placeholder: string, account: string): string {
  if (!/^\d{12}$/.test(placeholder) || placeholder === account) return text;
  return text.replaceAll(new RegExp(`(?<!\\d)${placeholder}(?!\\d)`, 'g'), account);
}

function readAssets(
  directory: string,
  file: string,
  place: { region: string; account: string; own(text: string): string },
): FileAsset[] {
  const manifest = readJson<AssetManifest>(join(directory, file));
  const images = Object.keys(manifest.dockerImages ?? {});
  if (images.length > 0) throw new NotModelled(`${file}: Docker image assets are not modelled: ${images.join(', ')}`);
  const fill = (text: string): string =>
    place
      .own(text)
      .replaceAll('${AWS::AccountId}', place.account)
      .replaceAll('${AWS::Region}', place.region)
      .replaceAll('${AWS::Partition}', 'aws');
  return Object.entries(manifest.files ?? {}).flatMap(([hash, { source, destinations }]) => {
    const { path, packaging = 'file', executable } = source;
    if (path === undefined || executable !== undefined) {
      throw new NotModelled(`${file}: asset ${hash} is made by a command, which is not modelled`);
    }
    const absolute = join(directory, path);
    return Object.values(destinations).map((destination) => ({
      region: fill(destination.region ?? place.region),
      bucket: fill(destination.bucketName),
      key: fill(destination.objectKey),
      contents: () => (packaging === 'zip' ? packDirectory(absolute) : readFileSync(absolute)),
    }));
  });
}

/** What stands for the zip file of a directory. Throws NotModelled for a file that is not text. */
function packDirectory(directory: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(directory, path)).isFile());
  return JSON.stringify(
    Object.fromEntries(
      files.map((path) => {
        try {
          return [path, decoder.decode(readFileSync(join(directory, path)))];
        } catch {
          throw new NotModelled(`asset ${join(directory, path)} is not text`);
        }
      }),
    ),
  );
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
