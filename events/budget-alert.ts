/**
 * A budget passed a threshold. AWS Budgets sends plain text through SNS, not JSON, and no time (Cost Management User Guide,
 * "Creating an Amazon SNS topic for budget notifications"): what is wanted is picked out of its lines.
 */
import * as z from 'zod';

const line = (name: string): RegExp => new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'im');

export const BudgetAlert = z.string().transform((text, context) => {
  const of = (name: string): string | null => line(name).exec(text)?.[1] ?? null;
  const budget = of('Budget Name');
  if (budget === null || !/budget/i.test(text)) {
    context.addIssue({ code: 'custom', message: 'a line "Budget Name: …"' });
    return z.NEVER;
  }
  return {
    budget,
    account: /AWS Account (?:ID:?\s*)?(\d{12})/i.exec(text)?.[1] ?? '',
    type: of('Budget Type') ?? '',
    limit: of('Budgeted Amount') ?? '',
    alertType: of('Alert Type') ?? '',
    threshold: of('Alert Threshold') ?? '',
    actual: of('ACTUAL Amount') ?? of('FORECASTED Amount') ?? '',
  };
});

export type BudgetAlert = z.infer<typeof BudgetAlert>;
