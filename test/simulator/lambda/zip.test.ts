/** Deployment packages as zip archives: what real clients upload, and what they upload by mistake. */
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { filesOf, isZip } from '../../../simulator/lambda/zip.ts';

const packed = zipSync({ 'index.cjs': strToU8('exports.handler = 1'), lib: { 'a.json': strToU8('{}') }, empty: {} });
const problem = 'Could not unzip uploaded file. Please check your file, then try to upload again.';

/** With another number in each entry of the central directory: at 10 the method, at 24 the size unpacked. */
function patched(offset: number, value: number): Uint8Array {
  const copy = packed.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at < copy.length - 46; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + offset, value, true);
  }
  return copy;
}

const refusalOf = (bytes: Uint8Array): string => {
  try {
    return JSON.stringify(filesOf(bytes));
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a zip archive', () => {
  it('becomes its files by path, without its folders', () => {
    expect(isZip(packed)).toBe(true);
    expect(filesOf(packed)).toEqual({ 'index.cjs': 'exports.handler = 1', 'lib/a.json': '{}' });
    expect(isZip(strToU8('{"index.js": ""}'))).toBe(false);
  });

  it.each([
    ['is cut off', packed.slice(0, packed.length - 30)],
    ['is cut off in the first file', packed.slice(0, 40)],
    ['is only a beginning', packed.slice(0, 4)],
    ['is packed in a way nobody knows', patched(10, 99)],
  ])("that %s is refused in Lambda's words", (_how, bytes) => {
    expect(refusalOf(bytes)).toBe(problem);
  });

  it('that claims billions of entries is refused at once', () => {
    // End of central directory, of the 64-bit form: one entry claimed to be four billion.
    const end = new Uint8Array(22 + 20 + 56);
    const view = new DataView(end.buffer);
    view.setUint32(0, 0x06064b50, true);
    view.setUint32(32, 0xffffffff, true);
    view.setUint32(56, 0x07064b50, true);
    view.setUint32(56 + 8, 0, true);
    view.setUint32(76, 0x06054b50, true);
    view.setUint16(76 + 8, 0xffff, true);
    const started = performance.now();
    expect(refusalOf(end)).toBe(problem);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('that claims to be larger than Lambda takes is refused before it is unpacked', () => {
    expect(refusalOf(patched(24, 300_000_000))).toBe('Unzipped size must be smaller than 262144000 bytes');
  });

  it('with a file that is not text is refused by name', () => {
    expect(refusalOf(zipSync({ 'native.node': new Uint8Array([0xff, 0xfe, 0x00]) }))).toContain('native.node');
  });
});
