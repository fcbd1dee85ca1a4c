/** Reads a deployment package as real clients upload it: a zip archive. Asked by code.ts for every package. */
import { unzipSync } from 'fflate';
import { AwsError, NotModelled } from '../errors.ts';

/** Lambda quotas, "Deployment package (.zip file archive) size": unzipped, all layers included. */
const UNZIPPED_BYTES_MAX = 262_144_000;

/** APPNOTE.TXT of the zip format, 4.3.12: an entry's fixed part in the central directory. */
const ENTRY_BYTES_MIN = 46;

/** Whether these bytes claim to be a zip archive: they begin with an entry, or with the end of an empty one. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 &&
  bytes[1] === 0x4b &&
  ((bytes[2] === 0x03 && bytes[3] === 0x04) || (bytes[2] === 0x05 && bytes[3] === 0x06));

/**
 * The files of an archive: path → text; folders have no entry. Throws InvalidParameterValueException as Lambda does for
 * what cannot be unzipped or is too large, NotModelled for a file that is not text.
 */
export function filesOf(bytes: Uint8Array): Record<string, string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return Object.fromEntries(
    Object.entries(unzip(bytes))
      .filter(([path]) => !path.endsWith('/'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, contents]) => {
        try {
          return [path, decoder.decode(contents)];
        } catch {
          throw new NotModelled(`lambda: ${path} of a deployment package is not text, which is not modelled`);
        }
      }),
  );
}

function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  let sizeBytes = 0;
  let entries = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      // What the archive tells of an entry comes before any memory is taken for it.
      filter: ({ originalSize }) => {
        sizeBytes += originalSize;
        // The count of entries is the archive's word too, and may be billions.
        if (++entries * ENTRY_BYTES_MIN > bytes.byteLength) throw new RangeError('more entries than bytes');
        return sizeBytes < UNZIPPED_BYTES_MAX;
      },
    });
  } catch (cause) {
    const message = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
    throw new AwsError('InvalidParameterValueException', message, { cause });
  }
  if (sizeBytes < UNZIPPED_BYTES_MAX) return files;
  const message = `Unzipped size must be smaller than ${UNZIPPED_BYTES_MAX} bytes`;
  throw new AwsError('InvalidParameterValueException', message);
}
