import { render } from "preact";
import { Feed } from "./live/feed";
import { followAddressBar } from "./live/router";
import { tick } from "./live/store";
import { followTheme } from "./live/theme";
import "./page.css";
import { App } from "./views/App";

const feed = new Feed();
followTheme();
followAddressBar();
setInterval(tick, 1000);
render(<App onReconnect={() => feed.connect()} />, document.getElementById("page")!);
const follow = () => (document.hidden ? feed.pause() : feed.connect());
document.addEventListener("visibilitychange", follow);
follow();
