import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** The arrows go one way: stacks → provider → provider/mailmodo; sandbox and provider know nothing of each other. */
const forbid = (files, group, message) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [{ group, message }] }] },
});

export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/"] },
  tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A lifecycle's methods are async by contract, whether they wait or not.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // CommonJS has no other way to import.
    files: ["**/*.js"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" },
  },
  forbid(["provider/**"], ["**/stacks/**", "**/sandbox/**", "**/tools/**", "**/test/**"], "provider stands alone."),
  forbid(
    ["provider/mailmodo/**"],
    ["../**", "@pulumi/*"],
    "provider/mailmodo is free of Pulumi and of what is above it.",
  ),
  forbid(
    ["sandbox/**"],
    ["**/provider/**", "pulumi-mailmodo", "@pulumi/*"],
    "The sandbox must not share the provider's bugs.",
  ),
  forbid(
    ["stacks/**"],
    ["**/provider/**", "**/sandbox/**", "**/tools/**"],
    "Programs use the package, as its users do.",
  ),
  prettier,
);
