/**
 * How a load balancer's request to a target ends without an answer of the target. Both are 502 to whoever asked; only the
 * first is a connection that was not established ("Troubleshoot your Application Load Balancers", "HTTP 502"; "CloudWatch
 * metrics for your Application Load Balancer", TargetConnectionErrorCount).
 */
import type { InstanceResponse } from './processes.ts';

/** Nothing listens there. */
export const REFUSED: InstanceResponse = { status: 502, headers: {}, body: '' };

/** The process ended, or closed the connection, while the request waited. */
export const RESET: InstanceResponse = { status: 502, headers: {}, body: '' };
