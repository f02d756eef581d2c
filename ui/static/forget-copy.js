// On the page that says an order is over: what this browser remembered of it goes too.
import { forget } from "./instant-copy.js";

forget(new URLSearchParams(location.search).get("formId"));
