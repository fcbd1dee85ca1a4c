/** The package's own types are not reachable through its exports. */
declare module 'asl-validator' {
  export default function validate(definition: unknown): {
    readonly isValid: boolean;
    errorsText(): string;
  };
}
