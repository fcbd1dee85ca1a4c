/** What is wrong with a definition, as ValidateStateMachineDefinition tells it. */

/** Source of the codes: API reference, ValidateStateMachineDefinitionDiagnostic. */
export type DiagnosticCode =
  | 'INVALID_JSON_DESCRIPTION'
  | 'MISSING_DESCRIPTION'
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_STATE_NAME'
  | 'MISSING_TRANSITION_TARGET';

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** '/States/First/Next'. */
  readonly location: string;
}

/** Collects diagnostics; every check is given one. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];

  add(code: DiagnosticCode, message: string, location: string): void {
    this.diagnostics.push({ code, message, location });
  }

  /** The commonest kind: the definition does not have the form it must have. */
  schema(message: string, location: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, location);
  }

  /** AWS accepts it and the simulator does not have it: refused by name, never skipped. */
  notModelled(what: string, location: string): void {
    this.schema(`${what} is not modelled by the simulator`, location);
  }
}

export type JsonObject = Record<string, unknown>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
