/** SES, version 2, as the SDK's own client speaks to it: identities, mails, and the errors of its model. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud } from '../../../simulator/cloud.ts';
import { iam } from '../../../simulator/iam/service.ts';
import { type SesState, ses } from '../../../simulator/services/ses/index.ts';
import { sdkClient, sdkModule } from '../wire/sdk.ts';

const region = 'us-west-2';
let cloud: Cloud;

const send = (command: string, input: object) => {
  const Command = sdkModule('sesv2')[`${command}Command`]!;
  return sdkClient(cloud, 'sesv2', { region }).send(new Command(input));
};

const mail = (change: object = {}) => ({
  FromEmailAddress: 'Mainstay <alerts@example.com>',
  Destination: { ToAddresses: ['ops@example.org'] },
  Content: {
    Simple: {
      Subject: { Data: 'P0: Bestellungen – außer Betrieb' },
      Body: { Text: { Data: 'ü' }, Html: { Data: '<p>ü</p>' } },
      Headers: [{ Name: 'X-Mainstay-Incident', Value: 'k' }],
    },
  },
  ...change,
});

beforeEach(async () => {
  const options = { seed: 1, account: '111122223333', regions: [region], startAt: Date.UTC(2026, 10, 20, 12) };
  cloud = Cloud.create({ ...options, services: [ses, iam] });
  await send('CreateEmailIdentity', { EmailIdentity: 'example.com' });
});

describe('a client of SES', () => {
  it('sends from a verified domain; the mail is in the mailbox a little later', async () => {
    const { MessageId } = await send('SendEmail', mail());
    expect(MessageId).toEqual(expect.any(String));
    await cloud.advance(60_000);
    expect(cloud.stateOf<SesState>(ses, region).outbox).toMatchObject([
      { to: 'ops@example.org', from: 'alerts@example.com', subject: 'P0: Bestellungen – außer Betrieb', text: 'ü' },
    ]);
  });

  it('reads, lists and deletes identities; a name in the path is escaped', async () => {
    await send('CreateEmailIdentity', { EmailIdentity: 'alerts+one@example.org' });
    expect(await send('GetEmailIdentity', { EmailIdentity: 'alerts+one@example.org' })).toMatchObject({
      IdentityType: 'EMAIL_ADDRESS',
      VerifiedForSendingStatus: true,
    });
    const { EmailIdentities } = await send('ListEmailIdentities', {});
    expect(EmailIdentities).toMatchObject([
      { IdentityName: 'example.com' },
      { IdentityName: 'alerts+one@example.org' },
    ]);
    await send('DeleteEmailIdentity', { EmailIdentity: 'alerts+one@example.org' });
    const gone = send('GetEmailIdentity', { EmailIdentity: 'alerts+one@example.org' });
    await expect(gone).rejects.toBeInstanceOf(sdkModule('sesv2').NotFoundException!);
  });

  it('gets the errors of its model', async () => {
    const errors = sdkModule('sesv2');
    const unverified = send('SendEmail', mail({ FromEmailAddress: 'me@elsewhere.example' }));
    await expect(unverified).rejects.toBeInstanceOf(errors.MessageRejected!);
    const nobody = send('SendEmail', mail({ Destination: {} }));
    await expect(nobody).rejects.toBeInstanceOf(errors.BadRequestException!);
    const twice = send('CreateEmailIdentity', { EmailIdentity: 'example.com' });
    await expect(twice).rejects.toBeInstanceOf(errors.AlreadyExistsException!);
  });
});
