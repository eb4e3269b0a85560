/**
 * The type that a compiler sees for the modules that the loader texts name. Only Pulumi's plugin calls what they
 * export. A program has no use for it, and could not import its parts by name from an ES module.
 */
const opaqueModule: object = {};

export = opaqueModule;
