/** The engine that this project is tested with; an installed one must have its major version and not be older. */
export const ENGINE_VERSION = "3.274.1";
/** The Node.js language host that is built with it: the newest that the engine's own repository still has. */
export const HOST_VERSION = "3.68.0";
