const all=[...document.querySelectorAll('section')];let at=0;
const seen=new IntersectionObserver(e=>e.forEach(x=>{if(x.isIntersecting)at=all.indexOf(x.target)}),{threshold:.6});all.forEach(s=>seen.observe(s));
addEventListener('keydown',e=>{const go={ArrowRight:1,ArrowDown:1,PageDown:1,' ':1,ArrowLeft:-1,ArrowUp:-1,PageUp:-1}[e.key];
if(!go||e.ctrlKey||e.metaKey||e.altKey)return;e.preventDefault();at=Math.max(0,Math.min(all.length-1,at+go));all[at].scrollIntoView()});
