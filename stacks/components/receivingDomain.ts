import * as ses from "@pulumi/aws/ses";
import * as pulumi from "@pulumi/pulumi";

export interface ReceivingDomainArgs {
  /** Such as `seeds.example.com`. */
  readonly domain: string;
}

/** One record for the domain's DNS, where it is kept. */
export interface DnsRecord {
  readonly type: "TXT" | "MX" | "CNAME";
  readonly name: string;
  readonly value: string;
}

/** A domain that SES receives mail for, once its DNS has the records. */
export class ReceivingDomain extends pulumi.ComponentResource {
  /** TXT proves who owns the domain, MX sends its mail here, CNAME lets mail from it be signed. */
  readonly dnsRecords: pulumi.Output<DnsRecord[]>;

  constructor(name: string, { domain }: ReceivingDomainArgs, options?: pulumi.ComponentResourceOptions) {
    super("seeds:aws:ReceivingDomain", name, {}, options);
    const identity = new ses.DomainIdentity(name, { domain }, { parent: this });
    const dkim = new ses.DomainDkim(name, { domain: identity.domain }, { parent: this });
    this.dnsRecords = pulumi
      .all([identity.verificationToken, identity.region, dkim.dkimTokens])
      .apply(([verification, region, tokens]): DnsRecord[] => [
        { type: "TXT", name: `_amazonses.${domain}`, value: verification },
        { type: "MX", name: domain, value: `10 inbound-smtp.${region}.amazonaws.com` },
        ...tokens.map((token) => signatureRecord(token, domain)),
      ]);
    this.registerOutputs({ dnsRecords: this.dnsRecords });
  }
}

function signatureRecord(token: string, domain: string): DnsRecord {
  return { type: "CNAME", name: `${token}._domainkey.${domain}`, value: `${token}.dkim.amazonses.com` };
}
