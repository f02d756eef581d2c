// On the page of an order that is over: removes this browser's copy of it.
import { forget } from "./instant-copy.js";

forget(new URLSearchParams(location.search).get("formId"));
