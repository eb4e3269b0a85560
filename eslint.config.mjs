import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

// Which folder may import which is in .dependency-cruiser.mjs.
export default tseslint.config(
  { ignores: ["**/dist/", "**/node_modules/", "docs/api/"] },
  tseslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A lifecycle's methods are async by contract, whether they wait or not.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["provider/**/*.ts", "sandbox/**/*.{ts,tsx}"],
    rules: {
      "max-lines": ["error", 200],
      "max-lines-per-function": ["error", 50],
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
  prettier,
);
