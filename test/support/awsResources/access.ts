// Part of the double of Pulumi's AWS plugin: see ../awsPlugin.ts.
import { found, resource, type AnyResource } from "./awsResource";

export const access: Record<string, AnyResource> = {
  "aws:kms/key:Key": resource<{ description: string; enableKeyRotation: boolean; deletionWindowInDays: number }>({
    args: ["description", "enableKeyRotation", "deletionWindowInDays"],
    async create({ kms }, { description: Description, enableKeyRotation }) {
      const { KeyMetadata: { KeyId = "", Arn } = {} } = await kms.createKey({ Description });
      if (enableKeyRotation === true) await kms.enableKeyRotation({ KeyId });
      return { id: KeyId, outs: { keyId: KeyId, arn: Arn } };
    },
    exists: ({ kms }, KeyId) => found(kms.describeKey({ KeyId })),
    delete: ({ kms }, KeyId, { deletionWindowInDays: PendingWindowInDays }) =>
      kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays }),
  }),
  "aws:kms/alias:Alias": resource<{ name: string; targetKeyId: string }>({
    args: ["name", "targetKeyId"],
    async create({ kms }, { name: AliasName, targetKeyId: TargetKeyId }) {
      await kms.createAlias({ AliasName, TargetKeyId });
      return { id: AliasName };
    },
    exists: ({ kms }, alias) => found(kms.describeKey({ KeyId: alias })),
    delete: ({ kms }, AliasName) => kms.deleteAlias({ AliasName }),
  }),
  "aws:secretsmanager/secret:Secret": resource<{ name: string; description: string }>({
    args: ["name", "description"],
    async create({ secrets }, { name: Name, description: Description }) {
      const { ARN = "" } = await secrets.createSecret({ Name, Description });
      return { id: ARN, outs: { arn: ARN } };
    },
    exists: ({ secrets }, SecretId) => found(secrets.describeSecret({ SecretId })),
    delete: ({ secrets }, SecretId) => secrets.deleteSecret({ SecretId, RecoveryWindowInDays: 30 }),
  }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": resource<{ url: string; clientIdLists: string[] }>({
    args: ["url", "clientIdLists"],
    async create({ iam }, { url: Url, clientIdLists: ClientIDList }) {
      const { OpenIDConnectProviderArn: arn = "" } = await iam.createOpenIDConnectProvider({ Url, ClientIDList });
      return { id: arn, outs: { arn } };
    },
    exists: ({ iam }, arn) => found(iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn: arn })),
    delete: ({ iam }, arn) => iam.deleteOpenIDConnectProvider({ OpenIDConnectProviderArn: arn }),
  }),
  "aws:iam/role:Role": resource<{ name: string; description: string; assumeRolePolicy: string }>({
    args: ["name", "description", "assumeRolePolicy"],
    async create({ iam }, { name: RoleName, description: Description, assumeRolePolicy: AssumeRolePolicyDocument }) {
      const { Role } = await iam.createRole({ RoleName, Description, AssumeRolePolicyDocument });
      return { id: RoleName, outs: { arn: Role?.Arn } };
    },
    exists: ({ iam }, RoleName) => found(iam.getRole({ RoleName })),
    delete: ({ iam }, RoleName) => iam.deleteRole({ RoleName }),
  }),
  "aws:iam/rolePolicy:RolePolicy": resource<{ name: string; role: string; policy: string }>({
    args: ["name", "role", "policy"],
    async create({ iam }, { name: PolicyName, role: RoleName, policy: PolicyDocument }) {
      await iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
      return { id: `${RoleName}:${PolicyName}` };
    },
    exists: ({ iam }, _, { name: PolicyName, role: RoleName }) => found(iam.getRolePolicy({ RoleName, PolicyName })),
    delete: ({ iam }, _, { name: PolicyName, role: RoleName }) => iam.deleteRolePolicy({ RoleName, PolicyName }),
  }),
};
