/** The text of Fn::Sub: `${Name}`, `${Resource.Attribute}`, and `${!Literal}` which stays `${Literal}`. */

const VARIABLE = /\$\{([^!{}][^{}]*)\}|\$\{!([^{}]*)\}/g;

export function expandSub(template: string, answer: (name: string) => string): string {
  return template.replace(VARIABLE, (_all, name: string | undefined, literal: string | undefined) =>
    name === undefined ? `\${${literal}}` : answer(name.trim()),
  );
}

/** The variables that the text names. */
export function variablesOf(template: string): string[] {
  return [...template.matchAll(VARIABLE)].flatMap((match) => (match[1] === undefined ? [] : [match[1].trim()]));
}
