/** The settings of every preview, unless an option names others. */
export const DEFAULT_SETTINGS = "Pulumi.preview.yaml";
