const { EventEmitter } = require('node:events')

// What electron-updater takes of Electron. The test says who it is and where its things lie.
const played = { net: null, folder: '', version: '', quits: 0 }
const app = Object.assign(new EventEmitter(), {
  whenReady: async () => {},
  getVersion: () => played.version,
  getName: () => 'Atelier',
  getAppPath: () => played.folder,
  getPath: () => played.folder,
  isPackaged: false,
  quit: () => {
    played.quits += 1
  },
  relaunch: () => {},
})

module.exports = Object.assign(played, {
  app,
  autoUpdater: new EventEmitter(),
  session: { fromPartition: () => ({}) },
})
