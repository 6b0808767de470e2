// The peer in Node: express and twilio written by hand as their tutorials do; nothing is stored.
// It says what peer_flask.py says, on the same addresses. Usage: node server.js PORT
"use strict";
const express = require("express");
const twilio = require("twilio");

const VoiceResponse = twilio.twiml.VoiceResponse;
const HINTS = {
  zh: "查询余额,余额,还有多少钱,查余额,最近交易,交易,明细,流水,银行卡挂失,挂失,丢卡,卡丢了,锁卡,网点和营业时间," +
    "网点,营业时间,几点,地址,英文,英语,English,人工服务,人工,转人工,找人,客服,接线员,返回,上一步,重复,再说一遍,没听清",
  en: "your balance,balance,recent transactions,transactions,history,a lost card,lost card,lost my card,stolen," +
    "branches and opening hours,branch,hours,address,Chinese,Mandarin,a person,agent,person,operator,representative",
};
const MENUS = {
  zh: "查询余额，请按1；最近交易，请按2；银行卡挂失，请按3；网点和营业时间，请按4；更多服务，请按5；长者慢速服务，请按6；人工服务，请按0。",
  en: "For your balance, press 1; For recent transactions, press 2; To report a lost card, press 3; " +
    "For branches and opening hours, press 4; For more services, press 5; For a slower, simpler menu, press 6; " +
    "For a person, press 0.",
};
const OTHER = { zh: ["en", "For English, press 8."], en: ["zh", "普通话服务，请按8。"] };
const VOICES = { zh: ["Polly.Zhiyu", "cmn-CN"], en: ["Polly.Joanna", "en-US"] };
const HEARD = { zh: "cmn-Hans-CN", en: "en-US" };
const SPOKEN = { 查询余额: "1", 最近交易: "2", 英文: "8", 人工服务: "0", 结束通话: "9" };
const CARD = "0128";
const PIN = "135790";

const app = express();
app.use(express.urlencoded({ extended: false }));
app.use(twilio.webhook({ validate: true, protocol: "http", host: process.env.BENCH_HOST }));

function say(parent, words, lang = "zh") {
  parent.say({ voice: VOICES[lang][0], language: VOICES[lang][1] }, words);
}
function send(res, response) {
  res.type("text/xml").send(response.toString());
}
function choice(req) {
  const said = req.body.SpeechResult;
  return said ? SPOKEN[said] || "" : req.body.Digits || "";
}
function menu(res, lang, ...first) {
  const response = new VoiceResponse();
  const gather = response.gather({
    action: `/menu?lang=${lang}`, method: "POST", input: "dtmf speech", language: HEARD[lang], hints: HINTS[lang],
    numDigits: 1, timeout: 5, speechTimeout: "auto",
  });
  for (const words of [...first, MENUS[lang]]) say(gather, words, lang);
  say(gather, OTHER[lang][1], OTHER[lang][0]);
  response.redirect({ method: "POST" }, `/menu?lang=${lang}`);
  send(res, response);
}
function offer(res, action, ...words) {
  const response = new VoiceResponse();
  const gather = response.gather({
    action, method: "POST", input: "dtmf speech", language: HEARD.zh, numDigits: 1, timeout: 5, speechTimeout: "auto",
    hints: "再听一遍,再听,再说,返回主菜单,主菜单,结束通话,没有了,不用了,再见,人工服务,人工",
  });
  for (const text of words) say(gather, text);
  response.redirect({ method: "POST" }, action);
  send(res, response);
}
function collect(res, words, action, numDigits) {
  const response = new VoiceResponse();
  const gather = response.gather({ action, method: "POST", input: "dtmf", numDigits, finishOnKey: "#", timeout: 5 });
  say(gather, words);
  response.redirect({ method: "POST" }, action);
  send(res, response);
}

app.post("/voice", (req, res) => menu(res, "zh", "您好，欢迎致电示范银行。"));
app.post("/menu", (req, res) => {
  const lang = req.query.lang || "zh";
  const key = choice(req);
  if (key === "1") return collect(res, "请输入您银行卡的最后四位数字。", "/tail", 4);
  if (key === "8") return menu(res, OTHER[lang][0]);
  if (key === "0") {
    const response = new VoiceResponse();
    say(response, "正在为您转接人工服务，请不要挂机。");
    response.dial({ action: "/dialled", method: "POST", timeout: 30 }).number("+861085550100");
    return send(res, response);
  }
  return menu(res, lang, "请再选一次。", "还需要什么服务？");
});
app.post("/tail", (req, res) =>
  collect(res, "请输入六位查询密码。为了安全，请不要用免提。", `/pin?tail=${req.body.Digits || ""}`, 6));
app.post("/pin", (req, res) => {
  if (req.query.tail !== CARD || req.body.Digits !== PIN)
    return collect(res, "密码不对，请重新输入。", `/pin?tail=${req.query.tail || ""}`, 6);
  return offer(res, "/after_balance", "好的，核对完成。", "您尾号零幺二八的账户，余额为一万二千三百四十五元六角七分。",
    "再听一遍，请按1；最近交易，请按2；返回主菜单，请按4；结束通话，请按9；人工服务，请按0。");
});
app.post("/after_balance", (req, res) => {
  if (choice(req) !== "2") return menu(res, "zh");
  return offer(res, "/after_transactions", "十一月二十一日，餐饮消费，支出三十六元五角。",
    "十一月十九日，手机话费，支出一百二十八元整。", "十一月十六日，工资，收入八千六百元整。",
    "再听一遍，请按2；返回主菜单，请按4；结束通话，请按9。");
});
app.post("/after_transactions", (req, res) => {
  if (choice(req) !== "9") return menu(res, "zh");
  const response = new VoiceResponse();
  say(response, "感谢您的来电，再见。");
  response.hangup();
  return send(res, response);
});
app.post("/dialled", (req, res) => {
  const response = new VoiceResponse();
  if (req.body.DialCallStatus === "completed") {
    response.hangup();
    return send(res, response);
  }
  say(response, "人工座席都在通话中。请在提示音后留下姓名和要求，说完请按井号键，我们2小时内给您回电。");
  response.record({ action: "/voice", method: "POST", maxLength: 120, timeout: 5, finishOnKey: "#0", playBeep: true });
  response.redirect({ method: "POST" }, "/voice");
  return send(res, response);
});

app.listen(Number(process.argv[2]), "127.0.0.1", 2048);
