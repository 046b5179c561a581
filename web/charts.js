// What pages on which a person explores need of ECharts: its Sankey and its tooltip. `npm run charts` packs it for the binary.
import { SankeyChart } from "echarts/charts";
import { TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([SankeyChart, TooltipComponent, CanvasRenderer]);
globalThis.echarts = { init };
