/** Path below the app's own of the starter encoder's file, with its content hash. Set by the build. */
declare const __STARTER_URL__: string;
/** Changes when any word of the field guide does. Set by the build. */
declare const __GUIDE_VERSION__: string;
