/** `pulumi up` and `pulumi destroy` as the tests run them: nobody is there to be asked. */
export const UP = ["up", "--yes", "--skip-preview"] as const;
export const DESTROY = ["destroy", "--yes", "--skip-preview"] as const;
