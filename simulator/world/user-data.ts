/** The one part of user data that the simulator understands: it cannot run a shell script (see KNOWN-GAPS.md). */

const BEGIN = '# app.env begin';
const END = '# app.env end';

/** KEY=value lines between the two marks. Throws an Error naming what does not fit. */
export function environmentIn(userData: string): Record<string, string> {
  const lines = userData.split('\n').map((line) => line.trim());
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`the user data has no lines between '${BEGIN}' and '${END}'`);
  const assignments = lines.slice(begin + 1, end).filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    assignments.map((line) => {
      const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      if (!key) throw new Error(`the user data's environment has a line that is not KEY=value: '${line}'`);
      return [key, value ?? ''];
    }),
  );
}
