/* Goes on with an import by itself; whoever has no script presses the button. */
"use strict";

document.getElementById("going-on").requestSubmit();
