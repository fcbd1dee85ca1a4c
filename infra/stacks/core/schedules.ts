/** Times of day in the two ways that AWS writes them; both in UTC. */
import type { Schedule } from '../../config/schema.ts';

/** As EC2 Auto Scaling reads them: minute, hour, day of the month, month, day of the week. */
export const fiveFields = ({ hour, minute, days }: Schedule): string =>
  `${minute} ${hour} * * ${days === 'working' ? '1-5' : '*'}`;

/** As Application Auto Scaling reads them, with a year; one kind of day is left open. */
export const sixFields = ({ hour, minute, days }: Schedule): string =>
  `${minute} ${hour} ${days === 'working' ? '? * MON-FRI' : '* * ?'} *`;
