/** Mail through SES of this region. */
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Mail } from '../ports.ts';
import { call, clientOptions } from './client.ts';

export function sesMail({ region, mailFrom }: { readonly region: string; readonly mailFrom: string }): Mail {
  const client = new SESv2Client(clientOptions(region));
  return {
    async send({ to, subject, text, html, headers }) {
      const command = new SendEmailCommand({
        FromEmailAddress: mailFrom,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: {
            Subject: { Data: subject },
            Body: { Text: { Data: text }, Html: { Data: html } },
            Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
          },
        },
      });
      await call('sending a mail', client.send(command));
    },
  };
}
