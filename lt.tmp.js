const Module=require("module");const t0=process.cpuUsage();const rec=[];const orig=Module.prototype.require;let depth=0;
Module.prototype.require=function(id){const s=process.hrtime.bigint();const r=orig.call(this,id);const e=Number(process.hrtime.bigint()-s)/1e6;if(e>15)rec.push([e.toFixed(0),id,this.filename.replace(/.*node_modules/,"")]);return r};
require(process.argv[2]);rec.sort((a,b)=>b[0]-a[0]);console.log(rec.slice(0,40).map(x=>x.join("  ")).join("\n"));const u=process.cpuUsage(t0);console.log("cpu ms",(u.user+u.system)/1000);
