/**
 * What a compiler sees of the modules that the loader texts name. They are for Pulumi's plugin, which calls what they
 * export; a program has no use for it, and could not import its parts by name from an ES module.
 */
const loadedModule: object = {};

export = loadedModule;
