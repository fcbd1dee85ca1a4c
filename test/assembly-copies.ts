/** Copies of production's assembly that a test may change before it deploys them; removed when the test is over. */
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

export interface Template {
  // biome-ignore lint/suspicious/noExplicitAny: the properties of every type
  Resources: Record<string, { Type: string; Properties: any }>;
}

/** Copies the assembly, gives each template to `change`, and returns the copy's directory. */
export function changedAssembly(change: (template: Template, directory: string) => void): string {
  const copy = mkdtempSync(join(tmpdir(), 'mainstay-assembly-'));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(join(inject('assembly'), '..'), copy, { recursive: true });
  const directory = join(copy, 'cdk.out');
  for (const file of globSync(join(directory, '*.template.json')).sort()) {
    const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
    change(template, directory);
    writeFileSync(file, JSON.stringify(template));
  }
  return directory;
}
