import { render } from "preact";
import "./page.css";

render(<h1>Mailmodo sandbox</h1>, document.getElementById("page")!);
